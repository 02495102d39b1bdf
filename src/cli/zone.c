/* cli/zone.c - see zone.h */
#include "cli/zone.h"
#include "base/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Kiribati has +14. */
#define FURTHEST (15 * 3600 * IQ_USEC)

static bool fixed(const char *text, int64_t *ret)
{
	if (!strcmp(text, "UTC") || !strcmp(text, "Z") || !strcmp(text, "GMT")) {
		*ret = 0;
		return true;
	}
	/* let the ISO parser read it behind a date */
	char line[64];
	int64_t us;
	if (*text != '+' && *text != '-')
		return false;
	if ((size_t)snprintf(line, sizeof line, "1970-01-02T00:00:00%s", text) >= sizeof line ||
	    !iq_time_parse(iq_slice_z(line), &us))
		return false;
	*ret = 86400 * IQ_USEC - us;
	return *ret >= -FURTHEST && *ret <= FURTHEST;
}

static long offset_at(int year, int month)
{
	time_t t = (time_t)(iq_days_from_civil(year, month, 1) * 86400);
	struct tm tm;
	return localtime_r(&t, &tm) ? tm.tm_gmtoff : 0;
}

bool iq_zone_offset(const char *text, int year, int64_t *ret_offset_us)
{
	if (fixed(text, ret_offset_us))
		return true;
	char file[300];
	if (strstr(text, "..") || *text == '/' ||
	    (size_t)snprintf(file, sizeof file, "/usr/share/zoneinfo/%s", text) >= sizeof file ||
	    access(file, R_OK))
		return false;
	char *before = getenv("TZ") ? strdup(getenv("TZ")) : NULL;
	setenv("TZ", text, 1);
	tzset();
	if (!year) {
		time_t now = time(NULL);
		struct tm tm;
		year = gmtime_r(&now, &tm) ? tm.tm_year + 1900 : 2000;
	}
	long winter = offset_at(year, 1), summer = offset_at(year, 7);
	if (before)
		setenv("TZ", before, 1);
	else
		unsetenv("TZ");
	tzset();
	free(before);
	if (winter != summer)
		return false;
	*ret_offset_us = winter * IQ_USEC;
	return true;
}
