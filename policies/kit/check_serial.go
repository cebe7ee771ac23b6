package kit

// checkSerial refuses what a rotation has replaced.
func checkSerial(k *Kit, options VerifyOptions) []Finding {
	if options.Trust == nil {
		return nil
	}
	least, asked := options.Trust.MinimumSerial[k.Participant]
	s := options.seal.statement
	switch {
	case !asked:
		return []Finding{pass(CheckSerial, SealFile, "the policy asks for no minimum serial of %s", shown(k.Participant))}
	case s == nil:
		return []Finding{fail(CheckSerial, SealFile, askForSeal, "no good seal, so no serial: the policy asks for %d at least", least)}
	case s.Serial < least:
		return []Finding{fail(CheckSerial, SealFile, "use the newest kit; a newer one has replaced this",
			"the serial is %d, and the policy's kits.minimumSerial for %s is %d", s.Serial, shown(k.Participant), least)}
	}
	return []Finding{pass(CheckSerial, SealFile, "the serial is %d, and the policy asks for %d at least", s.Serial, least)}
}
