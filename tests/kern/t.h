/* tests/kern/t.h - what the tests of kern/ share. */
#ifndef IQ_TESTS_KERN_T_H
#define IQ_TESTS_KERN_T_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

#endif
