package kramdown

import (
	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// markTaskList gives the list that a check box is in, and its items from the
// check box's on, the classes that style sheets know.
func markTaskList(box *extast.TaskCheckBox) {
	item := box.Parent().Parent()
	if item == nil || item.Kind() != ast.KindListItem {
		return
	}
	for n := ast.Node(item); n != nil && !hasClass(n, "task-list-item"); n = n.NextSibling() {
		prependClass(n, "task-list-item")
	}
	if list := item.Parent(); !hasClass(list, "task-list") {
		prependClass(list, "task-list")
	}
}

func prependClass(n ast.Node, class string) {
	if old, ok := attribute(n, "class"); ok {
		class += " " + string(old)
	}
	n.SetAttributeString("class", []byte(class))
}
