// Package kittest makes startup kits for unit tests: real keys and certificates in folders
// like those that `nvflare provision` writes, from a certificate authority of the test.
//
// Scripts and notes are only placeholders. test/e2e tests with kits that NVFLARE writes.
//
//	fed := kittest.NewFederation(t, "demo")
//	server := fed.Server("server1", "lab", "server1.fl.svc")
//	client := fed.Client("site-1", "hospital_a")
//	admin := fed.Admin("lead@hospital-a.org", "hospital_a", "lead")
//	kit, err := kit.Read(client.FS())
package kittest
