// SPDX-License-Identifier: GPL-3.0-or-later
// Three patterns: of the region, of the rest of the crop, and their difference; a spot or a ring drawn on
// one becomes a virtual detector.
#pragma once

#include "core/data/shape.h"
#include "widgets/pattern_view.h"

#include <QWidget>

#include <array>

class QButtonGroup;
class QComboBox;
class QDoubleSpinBox;
class QLabel;

namespace dispersa {

class RegionPatterns;

class PatternPane : public QWidget {
    Q_OBJECT
  public:
    /// `corner` takes the fourth place beside the three patterns.
    PatternPane(RegionPatterns& patterns, QWidget* corner, QWidget* parent);
    void setQPixel(std::optional<double> qPixel_invA);
    ReciprocalUnit reciprocalUnit() const;
    void setRegionName(const QString& name);
    /// Shows the detector on all three patterns; nullopt removes it.
    void setDetector(const std::optional<Shape>& detector);
    /// "spot at 0.31 1/Å", "ring 0.30-0.36 1/Å".
    QString detectorText(const Shape& detector) const;

  Q_SIGNALS:
    void detectorChosen(const dispersa::Shape& detector);
    void unitChanged();
    void readout(const QString& text);

  private:
    QWidget* makeHead();
    void refresh();
    void place(ImagePoint point);
    void showCursor(PatternView* view, int y, int x, double value);

    RegionPatterns& m_patterns;
    QComboBox* m_scaling = nullptr;
    QComboBox* m_statistic = nullptr;
    QComboBox* m_unit = nullptr;
    QButtonGroup* m_tool = nullptr;
    QDoubleSpinBox* m_size = nullptr;
    std::array<PatternView*, 3> m_views; ///< region, reference, difference
    QString m_regionName;
    PatternShape m_fitted; ///< shape the size box was last set for
};

} // namespace dispersa
