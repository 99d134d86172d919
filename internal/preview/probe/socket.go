package probe

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/bokehbinder/bokehbinder/internal/preview/browse"
)

// socket opens the websocket of a Bokeh page as its script does: at the page's
// address with /ws, with the page's query, and the session's token as a
// protocol. It then reads the first message, by which Bokeh's server says that
// it has taken the session.
func (c *client) socket(ctx context.Context, page, token string) browse.Socket {
	ctx, cancel := context.WithTimeout(ctx, socketTime)
	defer cancel()
	u, err := url.Parse(page)
	if err != nil {
		return browse.Socket{Error: err.Error()}
	}
	u.Path = strings.TrimRight(u.Path, "/") + "/ws"
	s := browse.Socket{URL: u.String()}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
	if err != nil {
		s.Error = err.Error()
		return s
	}
	key := make([]byte, 16)
	rand.Read(key)
	for name, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket", "Sec-Websocket-Version": "13",
		"Sec-Websocket-Key":      base64.StdEncoding.EncodeToString(key),
		"Sec-Websocket-Protocol": "bokeh, " + token,
		"Origin":                 c.frame,
	} {
		req.Header.Set(name, value)
	}
	c.addCookies(req)
	res, err := c.http.Do(req)
	if err != nil {
		s.Error = errors.Unwrap(err).Error()
		return s
	}
	defer res.Body.Close()
	s.Status = res.StatusCode
	if s.Status != http.StatusSwitchingProtocols {
		return s
	}
	if s.First, err = readMessage(res.Body); err != nil {
		s.Error, s.Closed = err.Error(), true
		return s
	}
	s.Received = 1
	return s
}

// maxMessage is more than a first message has.
const maxMessage = 1 << 20

// readMessage reads a websocket's first message, of one frame (RFC 6455, section
// 5.2). The server's frames are not masked.
func readMessage(r io.Reader) (string, error) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(r, head); err != nil {
		return "", err
	}
	size := uint64(head[1] & 0x7f)
	if wide := map[uint64]int{126: 2, 127: 8}[size]; wide > 0 {
		long := make([]byte, 8)
		if _, err := io.ReadFull(r, long[8-wide:]); err != nil {
			return "", err
		}
		size = binary.BigEndian.Uint64(long)
	}
	if opcode := head[0] & 0x0f; opcode == 8 {
		return "", errors.New("the server closes it at once")
	}
	if size > maxMessage {
		return "", errors.New("its first message is too long")
	}
	text := make([]byte, size)
	_, err := io.ReadFull(r, text)
	return string(text), err
}
