package startupkit

// The folders that flare-verify sees.
const (
	// VolumeFrom is the kit's folder of the claim; it holds startup/.
	VolumeFrom = "/kit"
	// VolumeSeal is the kit's Secret, with the seal.
	VolumeSeal = "/seal"
	// VolumeTo is the memory that the verified copy goes to.
	VolumeTo = "/startup"
)
