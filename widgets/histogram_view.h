// SPDX-License-Identifier: GPL-3.0-or-later
// A strip with the histogram of a map's or a pattern's values; two draggable lines may choose the shown range.
#pragma once

// First: moc 6.4 cannot read <compare> unless another standard header came before it.
#include <QWidget>

#include "core/data/element_map.h"
#include "widgets/figure.h"

#include <optional>
#include <span>
#include <vector>

namespace dispersa {

class HistogramView : public QWidget {
    Q_OBJECT
  public:
    explicit HistogramView(QWidget* parent = nullptr);

    /// Finite values are counted in `bins` equal bins between their smallest and largest.
    void setValues(std::span<const float> values, int bins = 128);
    /// The same with a second distribution over the same axis, e.g. before and after a filter.
    void setValues(std::span<const float> before, std::span<const float> after, int bins = 128);
    void setNames(const QString& before, const QString& after);
    void setLabel(const QString& label); ///< quantity and unit under the axis
    void setLogCounts(bool on);
    /// Lines at the ends of the range; draggable if `editable` (Left/Right keys: low, with Shift: high).
    void setRange(std::optional<ValueRange> range, bool editable = false);
    std::optional<ValueRange> range() const { return m_range; }
    const std::vector<double>& counts() const { return m_before; }

    Figure toFigure() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void rangeChanged(const dispersa::ValueRange& range); ///< while dragging
    void rangeEdited(const dispersa::ValueRange& range);  ///< on release
    void dataExportRequested();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    QRectF plotRect() const;
    double toX(double value) const;
    double toValue(double x) const;
    void moveEnd(int end, double value);

    std::vector<double> m_before;
    std::vector<double> m_after;
    ValueRange m_extent = {0, 1};
    QString m_label;
    QString m_beforeName;
    QString m_afterName;
    bool m_log = false;
    std::optional<ValueRange> m_range;
    bool m_editable = false;
    int m_dragged = -1;
};

} // namespace dispersa
