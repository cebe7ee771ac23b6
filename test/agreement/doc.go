// Package agreement proves that a person and the cluster evaluate kits alike: its test
// makes a thousand kits and SitePolicies, and compares `kubectl flare kit verify
// --policy` with the webhook's verifier, finding by finding.
package agreement
