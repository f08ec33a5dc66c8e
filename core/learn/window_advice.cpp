// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/window_advice_p.h"

#include <algorithm>

namespace dispersa {

WindowAdvice::WindowAdvice(const PatternSource& source, std::span<const std::int64_t> order, std::size_t window)
    : m_source(source), m_order(order), m_window(window)
{
}

std::span<const std::int64_t> WindowAdvice::windowAt(std::size_t number) const
{
    const std::size_t begin = std::min(m_order.size(), number * m_window);
    return m_order.subspan(begin, std::min(m_window, m_order.size() - begin));
}

void WindowAdvice::enterNext()
{
    const auto lookAt = [this](std::size_t number) {
        const auto window = windowAt(number);
        m_ahead.assign(window.begin(), window.end());
        std::sort(m_ahead.begin(), m_ahead.end());
        m_needed = 0;
    };
    if (m_entered == 0)
        lookAt(0);
    needUpTo(m_ahead.size());
    lookAt(++m_entered);
}

void WindowAdvice::needUpTo(std::size_t count)
{
    count = std::min(count, m_ahead.size());
    if (count <= m_needed)
        return;
    m_source.willNeed(std::span(m_ahead).subspan(m_needed, count - m_needed));
    m_needed = count;
}

void WindowAdvice::leaveUpTo(std::size_t number)
{
    for (; m_left < number; ++m_left)
        m_source.doneWith(windowAt(m_left));
}

void WindowAdvice::reach(std::size_t begin, std::size_t end)
{
    if (m_window == 0 || end == 0)
        return;
    leaveUpTo(begin / m_window); // before more is asked for
    while (m_entered <= (end - 1) / m_window)
        enterNext();
    needUpTo(end - (m_entered - 1) * m_window);
}

void WindowAdvice::finish()
{
    if (m_window != 0)
        leaveUpTo(m_entered);
}

} // namespace dispersa
