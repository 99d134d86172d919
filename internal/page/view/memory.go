package view

import (
	"html/template"
	"sync"
)

// maxRemembered is how many bytes of highlighted files are kept: those of one card.
const maxRemembered = 16 << 20

// highlighted has each file that was highlighted lately, so that it is done once for
// all tags that show a card. The views' settings do not change it.
var highlighted memory

// code is a text in a language.
type code struct{ text, language string }

// memory keeps what was made of texts, up to a size; then it begins anew.
type memory struct {
	mu   sync.Mutex
	made map[code]template.HTML
	size int
}

// of returns what was made of a text, or makes it.
func (m *memory) of(c code, create func() (template.HTML, error)) (template.HTML, error) {
	m.mu.Lock()
	html, ok := m.made[c]
	m.mu.Unlock()
	if ok {
		return html, nil
	}
	html, err := create()
	if err != nil {
		return "", err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	size := len(c.text) + len(html)
	if m.made == nil || m.size+size > maxRemembered {
		m.made, m.size = map[code]template.HTML{}, 0
	}
	if _, twice := m.made[c]; !twice && size <= maxRemembered {
		m.made[c] = html
		m.size += size
	}
	return html, nil
}
