// SPDX-License-Identifier: GPL-3.0-or-later
// Tells a source that may lie on a disk which patterns of an epoch come, and which are done with.
#pragma once

#include "core/data/pattern_source.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dispersa {

/// An order whose windows (EpochOrder) are each a set of long runs of the file. While one window is read, the next one is
/// asked for in the file's order, as many patterns at a time as are read, so that the disk is never asked for much at once;
/// a window that was read is given back. No more than two windows and a batch are wanted at a time, whatever the source holds.
class WindowAdvice {
  public:
    /// `source` and `order` must outlive it. `window` patterns each; 0: everything fits, and nothing is told.
    WindowAdvice(const PatternSource& source, std::span<const std::int64_t> order, std::size_t window);

    /// Numbers [begin, end) of the order are about to be read, those before were. Neither goes back.
    void reach(std::size_t begin, std::size_t end);
    /// All was read.
    void finish();

  private:
    std::span<const std::int64_t> windowAt(std::size_t number) const;
    void enterNext();
    void needUpTo(std::size_t count);
    void leaveUpTo(std::size_t number);

    const PatternSource& m_source;
    const std::span<const std::int64_t> m_order;
    const std::size_t m_window;
    std::size_t m_entered = 0;         ///< windows whose reading has begun
    std::size_t m_left = 0;            ///< windows given back
    std::vector<std::int64_t> m_ahead; ///< the next one, in the file's order
    std::size_t m_needed = 0;          ///< of m_ahead, from its beginning
};

} // namespace dispersa
