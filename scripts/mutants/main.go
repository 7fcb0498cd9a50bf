// Mutants takes rules out of the lab, one at a time, and wants a test of the
// package that owns the rule to fail each time.
//
//	go run ./scripts/mutants [-list FILE] [WORD]...
//
// The list (scripts/mutations-lab) says what is taken out; with words, only
// mutations whose name has one of them. It fails if a mutation survives, does
// not compile, or its old text is not there any more.
//
// The tests of a package are built once, with every mutation inside: each
// stands in a clone of its function, and the environment variable MUTATION says
// which one runs instead of the original. Nothing is written to the tree.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"time"
)

func main() {
	list := flag.String("list", "scripts/mutations-lab", "`file` with the mutations")
	jobs := flag.Int("jobs", 3, "how many run at once: tests mostly wait")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := hunt(ctx, *list, *jobs, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// hunt runs what fits the words and says what became of it.
func hunt(ctx context.Context, list string, jobs int, words []string) error {
	all, err := read(list)
	if err != nil {
		return err
	}
	if len(words) > 0 {
		all = slices.DeleteFunc(all, func(m *mutation) bool {
			return !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(m.name, w) })
		})
	}
	if len(all) == 0 {
		return fmt.Errorf("no mutation of %s has such a name", list)
	}
	top, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer os.RemoveAll(top)
	began, bad := time.Now(), 0
	for len(all) > 0 {
		pkg := all[0].pkg
		var here []*mutation
		all = slices.DeleteFunc(all, func(m *mutation) bool {
			if m.pkg == pkg {
				here = append(here, m)
			}
			return m.pkg == pkg
		})
		n, err := inPackage(ctx, top, pkg, here, jobs)
		if err != nil {
			return fmt.Errorf("test %s: %w", pkg, err)
		}
		bad += n
	}
	if bad > 0 {
		return fmt.Errorf("%d not noticed", bad)
	}
	fmt.Printf("mutants: each was noticed; %.0f s in all\n", time.Since(began).Seconds())
	return nil
}

// inPackage runs mutations that a package's tests are to notice, and returns
// how many these did not.
func inPackage(ctx context.Context, top, pkg string, here []*mutation, jobs int) (bad int, err error) {
	began := time.Now()
	w := &weaver{top: top, pkg: pkg}
	if err := w.build(ctx, here); err != nil {
		return 0, err
	}
	if failed, what, _ := w.run(ctx, nil); failed {
		return 0, fmt.Errorf("it fails without any mutation: %s", what)
	}
	fmt.Printf("%-9s %4.0f s  %s: %d mutations\n", "built", time.Since(began).Seconds(), pkg, len(here))
	var mu sync.Mutex // guards bad and the output
	var wg sync.WaitGroup
	slots := make(chan struct{}, jobs)
	for _, m := range here {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			start, verdict, what := time.Now(), "noticed", m.wrong
			if what == "" {
				failed, by, err := w.run(ctx, m)
				switch what = by; {
				case err != nil:
					verdict, what = "BROKEN", err.Error()
				case !failed:
					verdict = "SURVIVES"
				}
			} else {
				verdict = "BROKEN"
			}
			mu.Lock()
			defer mu.Unlock()
			if verdict != "noticed" {
				bad++
			}
			fmt.Printf("%-9s %4.0f s  %s\n%18s%s\n", verdict, time.Since(start).Seconds(), m.name, "", what)
		})
	}
	wg.Wait()
	return bad, ctx.Err()
}
