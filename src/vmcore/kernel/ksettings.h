/* vmcore/kernel/ksettings.h - variables behind /proc/sys, found by the tables that describe
 * them, where no symbol names them. */
#ifndef IQ_VMCORE_KSETTINGS_H
#define IQ_VMCORE_KSETTINGS_H

#include "vmcore/kernel/kimage.h"

struct iq_setting_at {
	const char *name;		/* the file's name, without its directory */
	uint64_t va;			/* 0: not found, or more than one */
	int64_t bytes;			/* of the variable */
};

/* Looks for the N settings by their names.  Reads the kernel's data once. */
void iq_settings_find(struct iq_kimage *k, struct iq_setting_at *set, size_t n);

#endif
