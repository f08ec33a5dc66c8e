// SPDX-License-Identifier: GPL-3.0-or-later
// Rows and columns of a scan: grids to choose from and two boxes to type in, which say the same, and how they fit.
#pragma once

// First: moc 6.4 cannot read <compare> unless another standard header came before it.
#include <QGroupBox>

#include "core/data/scan_shape_candidates.h"

#include <optional>
#include <vector>

class QLabel;
class QListWidget;
class QSpinBox;

namespace dispersa {

class ScanShapeBox : public QGroupBox {
    Q_OBJECT
  public:
    explicit ScanShapeBox(QWidget* parent);

    /// Lists these anew. Takes `wanted`, listed or not, else the first; with neither, the shape stays.
    void setCandidates(const std::vector<ShapeCandidate>& candidates, std::optional<ScanShape> wanted);
    int candidateCount() const; ///< as many as are listed
    void focusCandidates();
    ScanShape shape() const; ///< rows and columns as scanned
    /// What is said below; in a warning colour where the shape does not fit.
    void setFit(const QString& text, bool exact);

  Q_SIGNALS:
    void shapeChanged();
    void candidateActivated(); ///< by a double click or Enter: it is the one

  private:
    void chooseCandidate();
    void findCandidate();

    QListWidget* m_candidates;
    QSpinBox* m_rows;
    QSpinBox* m_columns;
    QLabel* m_fit;
};

} // namespace dispersa
