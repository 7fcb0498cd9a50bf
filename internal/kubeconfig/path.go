package kubeconfig

import (
	"os"
	"path/filepath"
	"slices"
)

// Path returns the file that entries of these names go to, as kubectl chooses
// it: of the files that the variable KUBECONFIG lists, the first that has one of
// them, else the first that is there, else the last; and without the variable,
// .kube/config in the home directory.
// Source: client-go, tools/clientcmd, PathOptions.GetDefaultFilename and
// ModifyConfig.
func Path(variable, home string, names []string) string {
	var files []string
	for _, f := range filepath.SplitList(variable) {
		if f != "" && !slices.Contains(files, f) {
			files = append(files, f)
		}
	}
	if len(files) == 0 {
		return filepath.Join(home, ".kube", "config")
	}
	there := ""
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			continue
		}
		if there == "" {
			there = f
		}
		if len(files) > 1 && hasAny(text, names) {
			return f
		}
	}
	if there != "" {
		return there
	}
	return files[len(files)-1]
}

// hasAny reports whether a kubeconfig has a context of one of the names. One
// that cannot be read has none.
func hasAny(text []byte, names []string) bool {
	out, err := read(text)
	if err != nil {
		return false
	}
	doc, err := decode(text, out)
	if err != nil {
		return false
	}
	items, _ := doc[contexts].([]any)
	return slices.ContainsFunc(items, func(i any) bool {
		fields, _ := i.(map[string]any)
		name, _ := fields["name"].(string)
		return slices.Contains(names, name)
	})
}
