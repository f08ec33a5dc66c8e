// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps the memory of large tensors on the CPU for the next ones of their size. The C library gives blocks beyond 32 MiB
// back at once, and the system hands them out anew page by page, filled with zeros: a quarter of a training step's time.
#pragma once

#include <cstddef>
#include <cstdint>

namespace dispersa {

/// As long as one lives, in any thread, memory of tensors of 1 MiB and more is kept when they are done with. What is kept
/// and what is in use are together at most a quarter more than what was in use at once. Nothing stays when the last one
/// ends.
class RecycledMemory {
  public:
    RecycledMemory();
    ~RecycledMemory();
    RecycledMemory(const RecycledMemory&) = delete;
    RecycledMemory& operator=(const RecycledMemory&) = delete;

    struct Use {
        std::size_t live_bytes = 0;   ///< of large tensors
        std::size_t idle_bytes = 0;   ///< kept for the next ones
        std::int64_t requests = 0;    ///< for large tensors, since the first of these began
        std::int64_t fromSystem = 0;  ///< of them, those that nothing kept could serve
    };
    static Use use();
};

} // namespace dispersa
