package gitserve

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"sync/atomic"
)

// countingListener counts the bytes of its connections.
type countingListener struct {
	net.Listener
	in, out atomic.Int64
}

// Accept implements net.Listener.
func (l *countingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &countingConn{Conn: c, listener: l}, nil
}

type countingConn struct {
	net.Conn
	listener *countingListener
}

// Read implements net.Conn.
func (c *countingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.listener.in.Add(int64(n))
	return n, err
}

// Write implements net.Conn.
func (c *countingConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.listener.out.Add(int64(n))
	return n, err
}

// hangingWriter stops sending after some bytes until the client or the server
// gives up.
type hangingWriter struct {
	http.ResponseWriter
	left    int64
	request *http.Request
	done    <-chan struct{}
	hanging *atomic.Int32
}

// Write implements io.Writer.
func (w *hangingWriter) Write(p []byte) (int, error) {
	if int64(len(p)) <= w.left {
		w.left -= int64(len(p))
		return w.ResponseWriter.Write(p)
	}
	n, _ := w.ResponseWriter.Write(p[:w.left])
	w.left = 0
	http.NewResponseController(w.ResponseWriter).Flush()
	w.hanging.Add(1)
	defer w.hanging.Add(-1)
	select {
	case <-w.request.Context().Done():
	case <-w.done:
	}
	return n, io.ErrClosedPipe
}

// bufferBody reads the request's body, since CGI needs its length and git
// sends long ones in chunks.
func bufferBody(r *http.Request) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	r.ContentLength = int64(len(body))
	r.TransferEncoding = nil
	return nil
}
