// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/map_link.h"

#include <algorithm>

namespace dispersa {

void MapLink::add(ImageView* view)
{
    if (!view || std::find(m_views.begin(), m_views.end(), view) != m_views.end())
        return;
    m_views.emplace_back(view);
    connect(view, &ImageView::viewWindowChanged, this, [this, view](const ViewWindow& window) {
        for (const QPointer<ImageView>& other : m_views)
            if (other && other != view)
                other->setViewWindow(window);
    });
    connect(view, &ImageView::cursorMoved, this, [this, view](int y, int x, double) {
        for (const QPointer<ImageView>& other : m_views)
            if (other && other != view)
                other->setGhostCursor(ScanPoint{y, x});
        Q_EMIT cursorMoved(y, x);
    });
    connect(view, &ImageView::cursorLeft, this, [this] {
        for (const QPointer<ImageView>& other : m_views)
            if (other)
                other->setGhostCursor(std::nullopt);
        Q_EMIT cursorLeft();
    });
    connect(view, &ImageView::markerMoved, this, [this, view](ScanPoint marker) {
        for (const QPointer<ImageView>& other : m_views)
            if (other && other != view && other->marker())
                other->setMarker(marker);
        Q_EMIT markerMoved(marker);
    });
    connect(view, &QObject::destroyed, this, [this] {
        m_views.erase(std::remove_if(m_views.begin(), m_views.end(), [](const auto& v) { return v.isNull(); }),
                      m_views.end());
    });
}

void MapLink::remove(ImageView* view)
{
    if (view)
        view->disconnect(this);
    m_views.erase(std::remove(m_views.begin(), m_views.end(), view), m_views.end());
}

void MapLink::clear()
{
    for (const QPointer<ImageView>& view : m_views)
        if (view)
            view->disconnect(this);
    m_views.clear();
}

int MapLink::count() const
{
    return int(m_views.size());
}

} // namespace dispersa
