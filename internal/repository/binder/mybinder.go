package binder

import (
	"bytes"
	"encoding/json"
	"strings"
	"sync"
	"time"

	assets "github.com/bokehbinder/bokehbinder/assets/bokehbinder"
)

// Public is what is known of mybinder.org: assets/bokehbinder/mybinder.json, which
// the documentation reads as well.
type Public struct {
	// Read says where all of it was read, and when.
	Read string `json:"read"`
	// Origins are its own and those of its members and their servers, as a
	// Content-Security-Policy has them; Members are the hosts of today.
	Origins []string `json:"origins"`
	Members []string `json:"members"`
	// RepositoryServers is how many servers of one repository may run at a time.
	RepositoryServers int `json:"repositoryServers"`
	// IdleMinutes and Hours are when a server ends: without use, and at the latest.
	IdleMinutes int `json:"idleMinutes"`
	Hours       int `json:"hours"`
	// What a server may use; a build has the same memory, and BuildHours.
	Memory     string `json:"memory"`
	Processors int    `json:"processors"`
	BuildHours int    `json:"buildHours"`
	// LaunchesAnHour are allowed from one address.
	LaunchesAnHour int `json:"launchesAnHour"`
	// Ports are those to which a server may connect, by TCP.
	Ports []int `json:"ports"`
	// AddressVariable is the variable that tells an app its reader's address.
	AddressVariable string `json:"addressVariable"`
	// Published is what the public list of launches says of each.
	Published []string `json:"published"`
}

// MyBinder returns the table, which is decoded when it is first wanted.
var MyBinder = sync.OnceValue(func() *Public {
	dec := json.NewDecoder(bytes.NewReader(assets.MyBinder()))
	dec.DisallowUnknownFields()
	p := new(Public)
	if err := dec.Decode(p); err != nil {
		panic("mybinder.json: " + err.Error())
	}
	return p
})

// Idle is after what time without use a server ends.
func (p *Public) Idle() time.Duration { return time.Duration(p.IdleMinutes) * time.Minute }

// Policy is what a page's Content-Security-Policy needs to run an app there.
func (p *Public) Policy() string {
	origins := strings.Join(p.Origins, " ")
	return "connect-src " + origins + "; frame-src " + origins
}
