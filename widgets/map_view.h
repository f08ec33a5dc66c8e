// SPDX-License-Identifier: GPL-3.0-or-later
// Shows one map (element, HAADF, virtual image, difference) with probe marker, named regions and the crop.
#pragma once

// First: moc 6.4 cannot read <compare> unless another standard header came before it.
#include <QWidget>

#include "core/data/element_map.h"
#include "widgets/image_view.h"

namespace dispersa {

/// "O", "fraction" -> "O (fraction)"; "HAADF", arbitrary -> "HAADF (arb. units)".
QString mapLabel(const ElementMap& map);
/// True for a component of a vector (centre of mass): its colours are zero-centred.
bool isSigned(const ElementMap& map);
/// Grey for HAADF and virtual images, diverging for signed maps, Viridis for everything else.
ColorMap defaultColorMap(const ElementMap& map);

class MapView : public ImageView {
    Q_OBJECT
  public:
    explicit MapView(QWidget* parent = nullptr);
    ~MapView() override;

    /// Shows the map with its scan step (scale bar), its label and the title `quantity`; keeps a title set by the user
    /// of the class with setTitle() after this call. The colour map follows defaultColorMap() unless setColorMap() was
    /// called.
    void setMap(MapPtr map);
    MapPtr map() const;
    void setColorMap(ColorMap map);

    /// The crop in whole pixels; everything outside is dimmed. nullopt: none.
    void setCrop(std::optional<Region> crop);
    std::optional<Region> crop() const;
    /// Handles on the crop's edges and corners, snapping to whole pixels.
    void setCropEditable(bool editable);
    bool isCropEditable() const;

  Q_SIGNALS:
    void cropChanged(const dispersa::Region& crop); ///< while dragging
    void cropEdited(const dispersa::Region& crop);  ///< on release, or by an arrow key

  protected:
    Shape constrained(int id, const Shape& edited, const Shape& before) const override;
    std::optional<Shape> ownShape() const override;
    void ownShapeChanged(const Shape& shape, bool finished) override;
    void paintOwnShape(QPainter& painter) override;

  private:
    MapPtr m_map;
    std::optional<Region> m_crop;
    bool m_cropEditable = false;
    bool m_colorMapChosen = false;
    bool m_showsSigned = false;
};

} // namespace dispersa
