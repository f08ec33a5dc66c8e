// SPDX-License-Identifier: GPL-3.0-or-later
// The small lists above an image: scaling, automatic range and the unit of reciprocal space.
#pragma once

#include "widgets/display_scaling.h"

#include <QComboBox>
#include <QString>

namespace dispersa {

class PatternView;

/// Linear, Log, Square Root for `view`; `initial` is set at once.
QComboBox* makeScalingBox(PatternView& view, DisplayScaling initial, QWidget* parent);
/// Percentiles that the automatic range spans, as py4D-browser offers them.
QComboBox* makeAutorangeBox(PatternView& view, QWidget* parent);
/// q = 1/d or Q = 2 pi/d on the axes.
QComboBox* makeReciprocalUnitBox(PatternView& view, QWidget* parent);

} // namespace dispersa
