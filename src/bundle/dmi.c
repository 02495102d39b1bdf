/* bundle/dmi.c - see dmi.h.
 *
 * Follows dmidecode.c (blocks by their type number: titles were renamed in 3.7), SMBIOS
 * 7.2 and 7.4, and, for the marks of clouds, systemd's basic/virt.c and cloud-init's
 * ds-identify.
 */
#include "bundle/dmi.h"

static const struct {
	struct iq_slice vendor, product, asset;		/* each a beginning; "" any */
	struct iq_slice cloud;
} clouds[] = {
	{ IQ_LIT("Alibaba Cloud"), IQ_LIT("Alibaba Cloud ECS"), IQ_LIT(""),
	  IQ_LIT("Alibaba Cloud ECS") },
	{ IQ_LIT("Alibaba Cloud"), IQ_LIT(""), IQ_LIT(""), IQ_LIT("Alibaba Cloud") },
	{ IQ_LIT("Amazon EC2"), IQ_LIT(""), IQ_LIT(""), IQ_LIT("Amazon EC2") },
	{ IQ_LIT("Google"), IQ_LIT("Google Compute Engine"), IQ_LIT(""),
	  IQ_LIT("Google Compute Engine") },
	{ IQ_LIT("Microsoft Corporation"), IQ_LIT("Virtual Machine"),
	  IQ_LIT("7783-7084-3265-9085-8269-3286-77"), IQ_LIT("Microsoft Azure") },
	{ IQ_LIT(""), IQ_LIT(""), IQ_LIT("OracleCloud.com"), IQ_LIT("Oracle Cloud") },
	{ IQ_LIT("Tencent Cloud"), IQ_LIT(""), IQ_LIT(""), IQ_LIT("Tencent Cloud") },
	{ IQ_LIT("HUAWEICLOUD"), IQ_LIT(""), IQ_LIT(""), IQ_LIT("Huawei Cloud") },
	{ IQ_LIT("DigitalOcean"), IQ_LIT(""), IQ_LIT(""), IQ_LIT("DigitalOcean") },
	{ IQ_LIT("Hetzner"), IQ_LIT("vServer"), IQ_LIT(""), IQ_LIT("Hetzner Cloud") },
	{ IQ_LIT("Vultr"), IQ_LIT(""), IQ_LIT(""), IQ_LIT("Vultr") },
	{ IQ_LIT("Scaleway"), IQ_LIT(""), IQ_LIT(""), IQ_LIT("Scaleway") },
	{ IQ_LIT("Akamai"), IQ_LIT(""), IQ_LIT(""), IQ_LIT("Akamai") },
	{ IQ_LIT("UpCloud"), IQ_LIT(""), IQ_LIT(""), IQ_LIT("UpCloud") },
	{ IQ_LIT("OpenStack Foundation"), IQ_LIT(""), IQ_LIT(""), IQ_LIT("OpenStack") },
	{ IQ_LIT(""), IQ_LIT("OpenStack Nova"), IQ_LIT(""), IQ_LIT("OpenStack") },
	{ IQ_LIT(""), IQ_LIT("OpenStack Compute"), IQ_LIT(""), IQ_LIT("OpenStack") },
};

/* What firmware says that was never told. */
static bool is_filler(struct iq_slice s)
{
	static const struct iq_slice fillers[] = {
		IQ_LIT("Not Specified"), IQ_LIT("To Be Filled"), IQ_LIT("To be filled"),
		IQ_LIT("Default string"), IQ_LIT("System manufacturer"), IQ_LIT("<BAD INDEX>"),
		IQ_LIT("System Product Name"), IQ_LIT("Unknown"), IQ_LIT("<OUT OF SPEC>"),
	};
	for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++)
		if (iq_starts(s, fillers[i]))
			return true;
	return !s.n || s.n > 256;
}

static bool keep(struct iq_slice *to, struct iq_slice s, struct iq_arena *mem)
{
	s = iq_trim(s);
	if (to->p || is_filler(s))
		return true;
	*to = iq_arena_copy(mem, s);
	return to->p != NULL;
}

/* "Handle 0x0100, DMI type 1, 27 bytes" */
static int type_of(struct iq_slice line)
{
	ptrdiff_t at = iq_find(line, IQ_LIT("DMI type "));
	uint64_t n;

	if (!iq_starts(line, IQ_LIT("Handle ")) || at < 0)
		return -1;
	line = iq_from(line, (size_t)at + 9);
	return iq_take_u64(&line, &n) && n < 256 ? (int)n : -1;
}

static bool take_dmidecode(struct iq_dmi *d, struct iq_slice text, struct iq_arena *mem)
{
	int type = -1;
	bool ok = true;

	while (ok && text.n) {
		struct iq_slice line = iq_cut(&text, '\n');
		if (iq_starts(line, IQ_LIT("Handle ")))
			type = type_of(line);
		if (type == 1 && iq_skip(&line, IQ_LIT("\tManufacturer:")))
			ok = keep(&d->vendor, line, mem);
		else if (type == 1 && iq_skip(&line, IQ_LIT("\tProduct Name:")))
			ok = keep(&d->product, line, mem);
		else if (type == 3 && iq_skip(&line, IQ_LIT("\tAsset Tag:")))
			ok = keep(&d->asset, line, mem);
	}
	return ok;
}

static bool take_virtualization(struct iq_dmi *d, struct iq_slice text,
				struct iq_arena *mem)
{
	bool ok = true;

	while (ok && text.n) {
		struct iq_slice line = iq_cut(&text, '\n');
		if (iq_skip(&line, IQ_LIT("Manufacturer:")))
			ok = keep(&d->vendor, line, mem);
		else if (iq_skip(&line, IQ_LIT("Hardware:")))
			ok = keep(&d->product, line, mem);
	}
	return ok;
}

bool iq_dmi_take(struct iq_dmi *d, enum iq_bundle_role role, struct iq_slice text,
		 struct iq_arena *mem)
{
	switch (role) {
	case IQ_BUNDLE_DMIDECODE:
		return take_dmidecode(d, text, mem);
	case IQ_BUNDLE_VIRTUALIZATION:
		return take_virtualization(d, text, mem);
	case IQ_BUNDLE_DMI_VENDOR:
		return keep(&d->vendor, iq_cut(&text, '\n'), mem);
	case IQ_BUNDLE_DMI_PRODUCT:
		return keep(&d->product, iq_cut(&text, '\n'), mem);
	case IQ_BUNDLE_DMI_ASSET:
		return keep(&d->asset, iq_cut(&text, '\n'), mem);
	default:
		return true;
	}
}

struct iq_slice iq_dmi_cloud(const struct iq_dmi *d)
{
	for (size_t i = 0; i < sizeof clouds / sizeof *clouds; i++)
		if (iq_starts(d->vendor, clouds[i].vendor) &&
		    iq_starts(d->product, clouds[i].product) &&
		    iq_starts(d->asset, clouds[i].asset))
			return clouds[i].cloud;
	return IQ_SLICE_NULL;
}
