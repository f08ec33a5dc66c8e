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
    void blockDragged(int block_px); ///< while dragging, and on release

  protected:
    void paintDecoration(QPainter& painter) override;
    Shape constrained(int id, const Shape& edited, const Shape& before) const override;

  private:
    Region m_shown = {};
    QImage m_sets; ///< one pixel per pixel of the crop
};

} // namespace dispersa
