// SPDX-License-Identifier: GPL-3.0-or-later
// What is in a file, in words: kinds, shapes, sizes, calibration.
#pragma once

#include "core/io/format.h"

#include <QString>

#include <functional>

namespace dispersa {

QString kindText(ItemKind kind);
/// "110 x 45 x 256 x 256"
QString shapeText(const std::vector<std::int64_t>& shape);
/// "650.3 MB", in units of a thousand.
QString bytesText(std::uint64_t bytes);
/// "step 1.05 nm, q pixel 0.0231 1/A, 1.3 mrad"; "not calibrated".
QString calibrationText(const Calibration& calibration);
/// Unit of a map's values as people write it.
QString mapUnitText(MapUnit unit);

/// Filter text of a file dialog from the registry: `all` together, each format by itself, then any file.
QString fileDialogFilter(const QString& all, const std::function<bool(const FormatTraits&)>& wanted);

} // namespace dispersa
