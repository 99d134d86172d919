package browser

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"net"
	"testing"
	"time"
)

// Certificate is one that no browser trusts, which the tests' browsers overlook.
func Certificate(tb testing.TB) *tls.Config {
	tb.Helper()
	return CertificateUntil(tb, time.Now().Add(24*time.Hour))
}

// CertificateUntil is one that is valid until then.
func CertificateUntil(tb testing.TB, end time.Time) *tls.Config {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		DNSNames:     Hosts,
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		NotAfter:     end,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		tb.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// Fingerprint is what [Setup] knows a certificate by: the hash of its public key.
func Fingerprint(tb testing.TB, c *tls.Config) string {
	tb.Helper()
	leaf, err := x509.ParseCertificate(c.Certificates[0].Certificate[0])
	if err != nil {
		tb.Fatal(err)
	}
	sum := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}
