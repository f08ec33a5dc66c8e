// SPDX-License-Identifier: GPL-3.0-or-later
// Regions of a scan; see region_list.h.
#include "app/pages/inspect/region_list.h"

#include "widgets/palette.h"

namespace dispersa {

const InspectedRegion* RegionList::currentRegion() const
{
    return m_current >= 0 && std::size_t(m_current) < m_regions.size() ? &m_regions[std::size_t(m_current)] : nullptr;
}

// The first colour is a blue that Viridis and grey maps swallow: begin with the second.
QColor RegionList::nextColor() const
{
    return categoryColor(m_made + 1);
}

int RegionList::add(const Shape& shape, const QString& name)
{
    m_regions.push_back({name.isEmpty() ? tr("Region %1").arg(m_made + 1) : name, nextColor(), shape});
    ++m_made;
    m_current = int(m_regions.size()) - 1;
    Q_EMIT changed();
    Q_EMIT currentChanged();
    return m_current;
}

void RegionList::remove(int index)
{
    if (index < 0 || std::size_t(index) >= m_regions.size())
        return;
    m_regions.erase(m_regions.begin() + index);
    m_current = std::min(m_current, int(m_regions.size()) - 1);
    if (m_regions.empty())
        m_made = 0;
    Q_EMIT changed();
    Q_EMIT currentChanged();
}

void RegionList::clear()
{
    if (m_regions.empty())
        return;
    m_regions.clear();
    m_current = -1;
    m_made = 0;
    Q_EMIT changed();
    Q_EMIT currentChanged();
}

void RegionList::setName(int index, const QString& name)
{
    if (m_regions.at(std::size_t(index)).name == name)
        return;
    m_regions[std::size_t(index)].name = name;
    Q_EMIT changed();
}

void RegionList::setColor(int index, const QColor& color)
{
    m_regions.at(std::size_t(index)).color = color;
    Q_EMIT changed();
}

void RegionList::setShape(int index, const Shape& shape)
{
    m_regions.at(std::size_t(index)).shape = shape;
    Q_EMIT shapeChanged(index);
}

void RegionList::setCurrent(int index)
{
    if (index == m_current || index < -1 || index >= int(m_regions.size()))
        return;
    m_current = index;
    Q_EMIT currentChanged();
}

} // namespace dispersa
