// SPDX-License-Identifier: GPL-3.0-or-later
// A row of named thumbnails: choose which map is shown.
#pragma once

#include "core/data/element_map.h"

#include <QButtonGroup>
#include <QScrollArea>
#include <QString>

#include <vector>

namespace dispersa {

class MapStrip : public QScrollArea {
    Q_OBJECT
  public:
    explicit MapStrip(QWidget* parent = nullptr);

    /// Shows these maps in order; the chosen quantity stays chosen if it is among them, else the first.
    void setMaps(const std::vector<MapPtr>& maps);
    MapPtr current() const; ///< null if there is none
    void setCurrent(const std::string& quantity);
    QSize sizeHint() const override;

  Q_SIGNALS:
    void currentChanged(const dispersa::MapPtr& map);

  private:
    void choose(int index);

    std::vector<MapPtr> m_maps;
    std::string m_quantity;
    QButtonGroup m_buttons;
};

/// A small image of the map in its usual colours.
QPixmap mapThumbnail(const ElementMap& map, int height_px);

} // namespace dispersa
