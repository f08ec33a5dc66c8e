// SPDX-License-Identifier: GPL-3.0-or-later
// When to end training: no improvement for a number of epochs.
#include "core/learn/trainer.h"

namespace dispersa {

bool EarlyStopping::observe(double loss)
{
    ++m_epoch;
    // Written so that NaN, which compares false with everything, never counts as an improvement; the first number does.
    const bool improved = m_best ? loss < *m_best : loss == loss;
    if (improved) {
        m_best = loss;
        m_bestEpoch = m_epoch;
        m_waited = 0;
    } else {
        ++m_waited;
    }
    return improved;
}

} // namespace dispersa
