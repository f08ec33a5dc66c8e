// SPDX-License-Identifier: GPL-3.0-or-later
// Marks a loop that is compiled once per instruction set, the best being chosen when the program starts.
#pragma once

// The sanitizers' start-up code forbids that choice.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define DISPERSA_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define DISPERSA_CLONES
#endif
#if defined(__GNUC__)
#define DISPERSA_INLINE inline __attribute__((always_inline))
#else
#define DISPERSA_INLINE inline
#endif
