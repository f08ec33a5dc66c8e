// SPDX-License-Identifier: GPL-3.0-or-later
// A training scan's map with the sets of its pixels over it, and a first block whose corner sets the size of all blocks.
#pragma once

// First: moc 6.4 cannot read <compare> unless another standard header came before it.
#include <QWidget>

#include "core/learn/split.h"
#include "widgets/map_view.h"

#include <QImage>

namespace dispersa {

/// Colour of a set over a map; transparent for pixels that train.
QColor pixelSetColor(PixelSet set);

class SplitMap : public MapView {
    Q_OBJECT
  public:
    explicit SplitMap(QWidget* parent);
    /// `sets` holds one per pixel of the crop. `block_px`: edge of the blocks, nullopt where there are none.
    void setSplit(MapPtr map, const Region& crop, const std::vector<PixelSet>& sets, std::optional<int> block_px);

  Q_SIGNALS:
    void blockDragged(int block_px); ///< while dragging

  protected:
    void paintDecoration(QPainter& painter) override;
    void wheelEvent(QWheelEvent* event) override; ///< scrolls the column: a small map is not looked into
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;

  private:
    /// Where the first block's lower right corner is, widget pixels.
    QPointF corner() const;
    bool isAtCorner(const QPointF& position) const;
    void drag(const QPointF& to);

    Region m_shown = {};
    std::optional<int> m_block_px; ///< edge of the first block; empty: no blocks
    bool m_dragging = false;
    QImage m_sets; ///< one pixel per pixel of the crop
};

} // namespace dispersa
