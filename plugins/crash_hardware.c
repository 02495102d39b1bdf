/* plugins/crash_hardware.c - what the hardware reported: machine checks, CPER records of
 * the firmware, EDAC, PCIe errors, NMIs, SErrors, heat (crash.h).
 *
 * The bank and its status register are decoded; a DIMM is named where a line does.
 * Follows arch/x86/kernel/cpu/mce, drivers/acpi/apei/ghes.c, drivers/firmware/efi/cper.c,
 * drivers/edac/edac_mc.c, drivers/pci/pcie/aer.c, arch/x86/kernel/nmi.c.
 */
#include "crash.h"

#define EVENT_LOG                                                                        \
	"read the machine's own event log (ipmitool sel list, or the vendor's tool)"

static enum inquest_severity severity_of(const struct look *l)
{
	const char *s = l->c->hw_severity;

	return is(s, "corrected") || is(s, "info") || is(s, "deferred") ? INQUEST_WARNING
									: INQUEST_FAULT;
}

static const char *severity_text(const struct look *l)
{
	const char *s = l->c->hw_severity;

	if (is(s, "corrected"))
		return "corrected";
	if (is(s, "recoverable") || is(s, "deferred"))
		return "uncorrected, but not fatal";
	if (is(s, "fatal"))
		return "fatal";
	return is(s, "uncorrected") ? "uncorrected" : NULL;
}

/* Text behind LEAD on any line, up to a line's end. */
static const char *field(const struct look *l, const char *lead)
{
	const struct inquest_line *line = line_with(l, lead);
	const char *at = line ? strstr(line->text, lead) : NULL;

	return at ? l->h->text(l->ctx, "%.120s", at + strlen(lead)) : NULL;
}

/* --- machine checks --- */

static uint64_t status_of(const struct look *l)
{
	const struct inquest_line *line;
	const char *at;

	if (l->c->hw_status)
		return hex(l->c->hw_status);
	/* CPU 2: Machine Check Exception: 5 Bank 7: be00000000800400 */
	line = line_with(l, " Bank ");
	at = line ? strstr(line->text, " Bank ") : NULL;
	at = at ? strchr(at, ':') : NULL;
	return at ? hex(at + 1) : 0;
}

static int64_t bank_of(const struct look *l)
{
	const struct inquest_line *line = line_with(l, " Bank ");

	if (inquest_known(l->c->hw_bank))
		return l->c->hw_bank;
	return line ? number_after(line->text, " Bank ") : INQUEST_NULL;
}

static const char *dimm_of(const struct look *l)
{
	static const char *const leads[] = {"DIMM location: ", "DIMM: ", " on "};
	const char *edac = is(form(l), "edac") ? l->c->object : NULL;

	if (edac)
		return edac;
	for (size_t i = 0; i < 2; i++) {
		const char *v = field(l, leads[i]);
		if (v)
			return v;
	}
	return NULL;
}

/* What came with the same status in this boot and names a place. */
static const char *named_by_edac(const struct look *l)
{
	return ask_text(l,
			"SELECT c.object FROM (SELECT event_id, kind, mono_us, title "
			"FROM v1_event WHERE boot_id = :boot_id AND kind = 'hardware' "
			"LIMIT 300) AS e JOIN v1_crash AS c USING (event_id) WHERE "
			"c.form = 'edac' AND c.object IS NOT NULL AND e.event_id <> "
			":event_id ORDER BY "
			"e.mono_us LIMIT 1");
}

static void memory_advice(const struct look *l, struct judged *j)
{
	const char *dimm = dimm_of(l);

	if (!dimm)
		dimm = named_by_edac(l);
	if (dimm) {
		why(j, l->h->text(l->ctx, "The memory module is %s.", dimm));
		advise(j, l->h->text(l->ctx, "replace %s", dimm));
	} else {
		advise(j, "EDAC (edac-util -v, rasdaemon) or the event log tells which "
			  "DIMM it is");
	}
}

static void mce(const struct look *l, struct judged *j)
{
	uint64_t status = status_of(l);
	int amd = line_with(l, "PROCESSOR 2:") != NULL;
	const struct inquest_mce *m = status ? l->h->mce(l->ctx, status, amd) : NULL;
	int64_t bank = bank_of(l);
	const char *text = field(l, "Machine check: ");

	judge(j, "hardware-error", "crash-machine-check", INQUEST_CERTAIN);
	j->severity = severity_of(l);
	if (!m && says(l, "events logged")) {
		j->severity = INQUEST_WARNING;
		j->title = "corrected or deferred errors of the hardware were logged "
			   "(machine check events)";
		why(j, "Nothing was lost yet; what failed stands in the log of mcelog or "
		       "rasdaemon alone.");
		advise(j, "ras-mc-ctl --errors, or mcelog --client; " EVENT_LOG);
		return;
	}
	if (!m || is(m->severity, "none")) {
		j->title =
			"the processor reported an error of the hardware (machine check)";
		why(j, "The bank and its status, which tell what failed, are not in what "
		       "is left of the report.");
		if (text)
			why(j, l->h->text(l->ctx, "The kernel calls it: %s.", text));
		miss(j, "the lines [Hardware Error] with bank and status",
		     "keep messages of level "
		     "emergency on the serial console; rasdaemon or mcelog; the event "
		     "log");
		advise(j, EVENT_LOG);
		return;
	}
	if (is(m->severity, "corrected") || is(m->severity, "deferred"))
		j->severity = INQUEST_WARNING;
	j->title = inquest_known(bank)
			   ? l->h->text(l->ctx, "machine check in bank %lld: %s (%s)",
					(long long)bank, m->what, m->severity_text)
			   : l->h->text(l->ctx, "machine check: %s (%s)", m->what,
					m->severity_text);
	why(j,
	    l->h->text(l->ctx, "Status %016llx: error code 0x%04llx, %s; %s.%s",
		       (unsigned long long)status, (unsigned long long)m->code, m->what,
		       m->severity_text,
		       m->overflow ? " More errors came than the bank could hold." : ""));
	if (text)
		why(j, l->h->text(l->ctx, "The kernel calls it: %s.", text));
	if (is(m->unit, "memory"))
		memory_advice(l, j);
	else if (is(m->unit, "cache") || is(m->unit, "tlb") || is(m->unit, "internal"))
		advise(j, l->h->text(l->ctx,
				     "the processor itself (%s): newer microcode and "
				     "firmware, then replace it; overclocking, voltage "
				     "and heat do this too",
				     inquest_known(l->c->cpu)
					     ? l->h->text(l->ctx, "CPU %lld",
							  (long long)l->c->cpu)
					     : "see the CPU line"));
	else if (is(m->unit, "io") || is(m->unit, "bus"))
		advise(j, "look for PCIe (AER) errors and at expansion cards; between "
			  "sockets: the processors and the board");
	advise(j, EVENT_LOG);
	advise(j, "a virtual machine gets machine checks of its host: tell the provider, "
		  "and move the instance");
}

/* --- PCIe --- */

/* Bits of AER's status registers: drivers/pci/pcie/aer.c. */
static const char *const aer_correctable[32] = {
	[0] = "receiver error",	      [6] = "bad TLP",
	[7] = "bad DLLP",	      [8] = "replay number rollover",
	[12] = "replay timer timeout", [13] = "advisory non-fatal error",
	[14] = "internal error",       [15] = "header log overflow",
};
static const char *const aer_uncorrectable[32] = {
	[4] = "data link protocol error", [5] = "surprise down: the device left the bus",
	[12] = "poisoned TLP",		  [13] = "flow control protocol error",
	[14] = "completion timeout: the device did not answer",
	[15] = "completer abort",	  [16] = "unexpected completion",
	[17] = "receiver overflow",	  [18] = "malformed TLP",
	[19] = "ECRC error",		  [20] = "unsupported request",
	[21] = "ACS violation",		  [22] = "uncorrectable internal error",
	[23] = "blocked TLP",		  [24] = "AtomicOp blocked",
	[25] = "TLP prefix blocked",	  [26] = "poisoned TLP blocked",
};

/* NULL where no bit with a name is set. */
static const char *aer_bits(const struct look *l, uint64_t status, int corrected)
{
	const char *const *names = corrected ? aer_correctable : aer_uncorrectable;
	const char *all = NULL;

	for (unsigned i = 0; i < 32; i++)
		if (status >> i & 1 && names[i])
			all = l->h->text(l->ctx, "%s%s%s", all ? all : "",
					 all ? ", " : "", names[i]);
	return all;
}

/* --- the firmware's records --- */

static void ghes(const struct look *l, struct judged *j)
{
	const char *section = field(l, "section_type: "),
		   *type = field(l, "error_type: ");
	const char *address = field(l, "physical_address: "),
		   *dimm = field(l, "DIMM location: ");
	const char *s = severity_text(l);

	judge(j, "hardware-error", "crash-ghes", INQUEST_CERTAIN);
	j->severity = severity_of(l);
	j->title = l->h->text(l->ctx, "the firmware reported %s%s%s%s%s", s ? s : "an",
			      s ? " " : " ", section ? section : "error of the hardware",
			      type ? ": " : "", type ? type : "");
	why(j, l->h->text(l->ctx, "A record of the firmware (APEI, CPER)%s%s%s%s.",
			  address ? "; physical address " : "", address ? address : "",
			  l->c->object ? "; " : "", l->c->object ? l->c->object : ""));
	if (field(l, "aer_uncor_status: ")) {
		const char *bits = aer_bits(l, hex(field(l, "aer_uncor_status: ")), 0);
		if (bits)
			why(j, l->h->text(l->ctx, "Its status says: %s.", bits));
	}
	if (section && has(section, "memory")) {
		if (dimm)
			advise(j, l->h->text(l->ctx, "replace the DIMM at %s", dimm));
		else
			memory_advice(l, j);
	}
	advise(j, EVENT_LOG);
}

static void edac(const struct look *l, struct judged *j)
{
	int ue = !is(l->c->hw_severity, "corrected");

	judge(j, "hardware-error", "crash-edac", INQUEST_CERTAIN);
	j->severity = severity_of(l);
	j->title = l->h->text(
		l->ctx, "%s memory error%s%s", ue ? "an uncorrectable" : "a corrected",
		l->c->object ? " on " : "", l->c->object ? l->c->object : "");
	why(j, ue ? "Data was lost; what used it was killed or the machine stops."
		  : "ECC put it right. Few are normal; many on one DIMM are its end "
		    "announced.");
	if (inquest_known(l->c->repeats) && l->c->repeats > 1)
		why(j,
		    l->h->text(l->ctx, "It came %lld times.", (long long)l->c->repeats));
	advise(j, l->c->object ? l->h->text(l->ctx, "replace %s%s", l->c->object,
					    ue ? "" : " if they keep coming")
			       : "edac-util -v names the DIMM");
}

/* "error status/mask=00001000/00002000": masked bits are none that was reported. */
static uint64_t aer_status(const struct look *l)
{
	const char *both = field(l, "error status/mask=");
	const char *mask = both ? strchr(both, '/') : NULL;

	return hex(both ? both : l->c->hw_status) & ~(mask ? hex(mask + 1) : 0);
}

static void aer(const struct look *l, struct judged *j)
{
	const char *bits = aer_bits(l, aer_status(l), is(l->c->hw_severity, "corrected"));

	const char *s = severity_text(l);
	const char *type = field(l, "type=");

	judge(j, "hardware-error", "crash-pcie", INQUEST_CERTAIN);
	j->severity = severity_of(l);
	j->title = l->h->text(l->ctx, "PCIe error%s%s%s%s%s%s", s ? " (" : "", s ? s : "",
			      s ? ")" : "", l->c->object ? " of " : "",
			      l->c->object ? l->c->object : "",
			      type ? l->h->text(l->ctx, ": %.40s", type) : "");
	why(j, is(l->c->hw_severity, "corrected")
		       ? "The link repeated the transfer: harmless alone, in numbers a "
			 "bad contact, a riser "
			 "or power saving of the link."
		       : "A transfer failed for good; the device may have "
			 "been reset or lost.");
	if (inquest_known(l->c->repeats) && l->c->repeats > 1)
		why(j,
		    l->h->text(l->ctx, "It came %lld times.", (long long)l->c->repeats));
	if (bits)
		why(j, l->h->text(l->ctx, "Its status says: %s.", bits));
	advise(j, "reseat or replace the card, riser or cable; newer firmware; "
		  "pcie_aspm=off rules "
		  "power saving out");
}

static void nmi(const struct look *l, struct judged *j)
{
	judge(j, "nmi", "crash-nmi", INQUEST_CERTAIN);
	j->title = "a non-maskable interrupt came that nobody in the kernel expected";
	why(j,
	    "Sent by somebody (the diagnostic interrupt of a cloud console, `virsh "
	    "inject-nmi`, the button of a server), or by hardware that has no other way "
	    "to say that something is wrong.");
	if (line_with(l, "SERR") || line_with(l, "PCI system error")) {
		judge(j, "hardware-error", "crash-serr", INQUEST_CERTAIN);
		j->title = "a PCI device reported a system error (SERR)";
	} else if (line_with(l, "IOCK")) {
		judge(j, "hardware-error", "crash-iock", INQUEST_CERTAIN);
		j->title = "a device reported an error on the I/O check line";
	}
	advise(j, "ask who sent it; " EVENT_LOG);
}

static void memory_failure(const struct look *l, struct judged *j)
{
	judge(j, "hardware-error", "crash-memory-failure", INQUEST_CERTAIN);
	j->title = "a page of memory failed and was taken out of use";
	why(j, "The hardware reported uncorrectable memory; whoever used the page was "
	       "killed with SIGBUS or reads it again from disk.");
	memory_advice(l, j);
}

static void thermal(const struct look *l, struct judged *j)
{
	judge(j, "hardware-error", "crash-thermal", INQUEST_CERTAIN);
	j->severity = INQUEST_WARNING;
	j->title = "a processor became too hot and was slowed down";
	why(j, "Nothing is lost, but everything on it takes longer: soft lockups and "
	       "timeouts may follow.");
	advise(j, "fans, dust, air, heat paste; in a cloud: tell the provider");
	(void)l;
}

/* The code is ESR_EL1: arch/arm64/include/asm/esr.h, arm64_ras_serror_get_severity(). */
#define ESR_IDS 0x01000000 /* the rest means what the maker of the processor says */
#define ESR_EA	0x200

const char *serror_code(const struct look *l)
{
	static const char *const types[8] = {
		"uncontainable: the state of the machine is lost",
		"unrecoverable: the state of this processor is lost",
		"restartable: nothing was taken from the bad place yet",
		"recoverable: the program that used the bad place can be ended", NULL, NULL,
		"corrected", NULL};
	uint64_t esr = hex(l->c->error_code);
	const char *type = types[esr >> 10 & 7];

	if (!l->c->error_code || esr >> 26 != 0x2f)
		return NULL;
	if (esr & ESR_IDS)
		return l->h->text(l->ctx,
				  "Code %08llx: syndrome 0x%06llx in the processor's own "
				  "terms (IDS); its manual tells a bus error from one of "
				  "memory.",
				  (unsigned long long)esr,
				  (unsigned long long)(esr & 0xffffff));
	if ((esr & 0x3f) != 0x11)
		return l->h->text(l->ctx, "Code %08llx: the processor gives no category.",
				  (unsigned long long)esr);
	return l->h->text(l->ctx, "Code %08llx: %s%s.", (unsigned long long)esr,
			  type ? type : "of a type that is not assigned",
			  esr & ESR_EA ? " (an external abort)" : "");
}

static void serror(const struct look *l, struct judged *j)
{
	const char *code = serror_code(l);

	judge(j, "hardware-error", "crash-serror", INQUEST_STRONG);
	j->title = "the memory system reported an error that no instruction can be "
		   "blamed for (SError)";
	why(j, "An access of a driver to registers of a device that is not there or has "
	       "no clock, or an uncorrectable error in memory, reported late.");
	why(j, code);
	advise(j, "look at drivers that were just starting, and at GHES and EDAC lines");
}

int judge_hardware(const struct look *l, struct judged *j)
{
	static const struct {
		const char *form;
		void (*judge)(const struct look *l, struct judged *j);
	} t[] = {
		{"mce", mce},         {"ghes", ghes},
		{"edac", edac},       {"aer", aer},
		{"nmi", nmi},         {"memory-failure", memory_failure},
		{"thermal", thermal}, {"serror", serror},
	};
	static const struct {
		const char *word;
		void (*judge)(const struct look *l, struct judged *j);
	} words[] = {
		{"achine check", mce},
		{"achine Check", mce},
		{"APEI", ghes},
		{"Generic Hardware Error Source", ghes},
		{"EDAC", edac},
		{"AER", aer},
		{"PCIe Bus Error", aer},
		{"NMI", nmi},
		{"Memory failure", memory_failure},
		{"temperature above", thermal},
		{"SError", serror},
		{"Hardware Error", mce},
	};

	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		if (is(form(l), t[i].form)) {
			t[i].judge(l, j);
			return 1;
		}
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (says(l, words[i].word) || line_with(l, words[i].word)) {
			words[i].judge(l, j);
			return 1;
		}
	judge(j, "hardware-error", "crash-hardware", INQUEST_STRONG);
	j->severity = severity_of(l);
	j->title = l->h->text(l->ctx, "the hardware reported an error%s%s",
			      l->c->object ? ": " : "", l->c->object ? l->c->object : "");
	advise(j, EVENT_LOG);
	return 1;
}
