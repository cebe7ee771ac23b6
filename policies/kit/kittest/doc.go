// Package kittest makes startup kits for unit tests: real keys and certificates
// in folders of the shape that `nvflare provision` writes, from a certificate
// authority of the test's own.
//
// It is a stand-in. Scripts and notes hold placeholders, and what NVFLARE really
// writes is tested with real kits in test/e2e.
//
//	fed := kittest.NewFederation(t, "demo")
//	server := fed.Server("server1", "lab", "server1.fl.svc")
//	client := fed.Client("site-1", "hospital_a")
//	admin := fed.Admin("lead@hospital-a.org", "hospital_a", "lead")
//	kit, err := kit.Read(client.FS())
package kittest
