// SPDX-License-Identifier: GPL-3.0-or-later
// The regions drawn on a scan: name, colour, shape in coordinates of the full scan; one of them is chosen.
#pragma once

#include "core/data/shape.h"

#include <QColor>
#include <QObject>
#include <QString>

#include <vector>

namespace dispersa {

struct InspectedRegion {
    QString name;
    QColor color;
    Shape shape; ///< coordinates of the full scan
};

class RegionList : public QObject {
    Q_OBJECT
  public:
    using QObject::QObject;
    const std::vector<InspectedRegion>& regions() const { return m_regions; }
    int current() const { return m_current; } ///< -1: none
    const InspectedRegion* currentRegion() const;
    /// Colour that the next region gets.
    QColor nextColor() const;

    int add(const Shape& shape, const QString& name = {}); ///< and chooses it
    void remove(int index);
    void clear();
    void setName(int index, const QString& name);
    void setColor(int index, const QColor& color);
    void setShape(int index, const Shape& shape);
    void setCurrent(int index);

  Q_SIGNALS:
    void changed(); ///< number, names or colours
    void shapeChanged(int index);
    void currentChanged();

  private:
    std::vector<InspectedRegion> m_regions;
    int m_current = -1;
    int m_made = 0;
};

} // namespace dispersa
