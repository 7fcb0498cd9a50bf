// Package apply holds the tests that apply the examples under terraform/ with
// the real provider to the lab, run as its users run it: the postern program
// with IAM enforced, the function's zip in it, terraform and kubectl through
// `postern lab exec`.
//
//	s := start(t, "testdata/multi-region.yaml")            // a lab with what the example takes as given
//	r := s.root("examples/multi-region", vars{"accounts": ...}) // a copy of the root, initialised
//	r.apply()                       // terraform apply; fails the test with what terraform says
//	changes := r.plan()             // what it would do, nothing if it has no changes
//	r.set(vars{...}); r.apply()     // change variables, apply again
//	s.kubectl(ref, "get", "namespaces")
//	r.destroy()
//
// What else a root is given: s.function() is the input `package` of target-sync,
// s.vpc(name) and s.mainTable(name) find what the world made, and s.state() is all
// that is in the lab. A root whose field as is s.session(account, role) is applied
// by that role. s.exec runs any command in the lab, s.step names and times a part
// of a test; the table of the times is logged at the end, with the resources for
// which the provider waited longest. Every provider has default_tags, as a platform
// team gives it.
//
// A test of this package takes minutes in which the provider mostly waits, and so
// is parallel. Without terraform or kubectl it is skipped, aloud, and fails where
// CI=true.
package apply
