// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/map_strip.h"

#include "widgets/map_view.h"

#include <QHBoxLayout>
#include <QScrollBar>
#include <QToolButton>

#include <algorithm>

namespace dispersa {
namespace {

constexpr int thumbnailHeight_px = 44;

} // namespace

QPixmap mapThumbnail(const ElementMap& map, int height_px)
{
    const ValueRange range = percentileRange(map.values);
    const QImage image = colorImage(map.values, map.shape.height, map.shape.width,
                                    isSigned(map) ? symmetricRange(range) : range, defaultColorMap(map));
    return QPixmap::fromImage(image.scaled(2 * height_px, height_px, Qt::KeepAspectRatio, Qt::SmoothTransformation));
}

MapStrip::MapStrip(QWidget* parent) : QScrollArea(parent), m_buttons(this)
{
    setObjectName(QStringLiteral("map_strip"));
    setAccessibleName(tr("Maps of the scan"));
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFocusPolicy(Qt::NoFocus);
    m_buttons.setExclusive(true);
    connect(&m_buttons, &QButtonGroup::idClicked, this, &MapStrip::choose);
    setMaps({});
}

void MapStrip::setMaps(const std::vector<MapPtr>& maps)
{
    const MapPtr before = current();
    const bool sameNames = std::equal(maps.begin(), maps.end(), m_maps.begin(), m_maps.end(),
                                      [](const MapPtr& a, const MapPtr& b) { return a->quantity == b->quantity; });
    if (sameNames && !maps.empty()) {
        // A picture that refines many times a second: the buttons stay.
        for (int i = 0; i < int(maps.size()); ++i)
            if (const MapPtr& map = maps[std::size_t(i)]; map != m_maps[std::size_t(i)]) {
                m_buttons.button(i)->setIcon(mapThumbnail(*map, thumbnailHeight_px));
                m_buttons.button(i)->setToolTip(mapLabel(*map));
            }
        m_maps = maps;
        if (current() != before)
            Q_EMIT currentChanged(current());
        return;
    }
    m_maps = maps;
    const auto chosen =
        std::find_if(m_maps.begin(), m_maps.end(), [this](const MapPtr& map) { return map->quantity == m_quantity; });
    const int index = m_maps.empty() ? -1 : chosen == m_maps.end() ? 0 : int(chosen - m_maps.begin());

    const auto old = m_buttons.buttons();
    for (QAbstractButton* button : old)
        m_buttons.removeButton(button);
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    for (int i = 0; i < int(m_maps.size()); ++i) {
        const ElementMap& map = *m_maps[std::size_t(i)];
        auto* button = new QToolButton;
        const QString name = QString::fromStdString(map.quantity);
        button->setText(name);
        button->setObjectName(QStringLiteral("map_") + name);
        button->setAccessibleName(tr("Show map %1").arg(name));
        button->setToolTip(mapLabel(map));
        button->setCheckable(true);
        button->setAutoRaise(true);
        button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
        const QPixmap thumbnail = mapThumbnail(map, thumbnailHeight_px);
        button->setIcon(thumbnail);
        button->setIconSize(thumbnail.size());
        button->setChecked(i == index);
        layout->addWidget(button);
        m_buttons.addButton(button, i);
    }
    layout->addStretch();
    setWidget(row);
    setVisible(!m_maps.empty());
    updateGeometry();
    if (index >= 0)
        m_quantity = m_maps[std::size_t(index)]->quantity;
    if (current() != before)
        Q_EMIT currentChanged(current());
}

MapPtr MapStrip::current() const
{
    for (const MapPtr& map : m_maps)
        if (map->quantity == m_quantity)
            return map;
    return nullptr;
}

void MapStrip::setCurrent(const std::string& quantity)
{
    for (int i = 0; i < int(m_maps.size()); ++i)
        if (m_maps[std::size_t(i)]->quantity == quantity) {
            m_buttons.button(i)->setChecked(true);
            choose(i);
        }
}

void MapStrip::choose(int index)
{
    const MapPtr& map = m_maps[std::size_t(index)];
    if (map->quantity == m_quantity)
        return;
    m_quantity = map->quantity;
    Q_EMIT currentChanged(map);
}

QSize MapStrip::sizeHint() const
{
    const int row = widget() ? widget()->sizeHint().height() : 0;
    const bool scrolls = widget() && widget()->sizeHint().width() > width();
    return {200, row + (scrolls ? horizontalScrollBar()->sizeHint().height() : 0) + 2};
}

} // namespace dispersa
