// SPDX-License-Identifier: GPL-3.0-or-later
// A correlation matrix -1..1 in blue-white-red with the values written in the cells.
#pragma once

#include "widgets/figure.h"

#include <QWidget>

namespace dispersa {

class MatrixView : public QWidget {
    Q_OBJECT
  public:
    explicit MatrixView(QWidget* parent = nullptr);

    /// rows x columns values, row-major; nullopt (undefined) is written as a dash, never as zero.
    void setMatrix(QStringList rowLabels, QStringList columnLabels, std::vector<std::optional<double>> values);
    void setTitle(const QString& title);
    void setRange(const ValueRange& range);
    void setColorBarVisible(bool visible);

    /// What stands in a cell: "0.93" or "–".
    QString cellText(int row, int column) const;
    const MatrixPanel& panel() const { return m_panel; }
    Figure toFigure() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void dataExportRequested();

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override; ///< tooltips of cells
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    MatrixPanel m_panel;
};

} // namespace dispersa
