// SPDX-License-Identifier: GPL-3.0-or-later
// Ties views of equal grids together: same zoom and pan, same marker, a ghost cursor in the others.
#pragma once

#include "widgets/image_view.h"

#include <QObject>
#include <QPointer>

#include <vector>

namespace dispersa {

class MapLink : public QObject {
    Q_OBJECT
  public:
    explicit MapLink(QObject* parent = nullptr) : QObject(parent) {}

    /// A view leaves by itself when it is destroyed.
    void add(ImageView* view);
    void remove(ImageView* view);
    void clear();
    int count() const;

  Q_SIGNALS:
    void cursorMoved(int y, int x); ///< over any of the views
    void cursorLeft();
    void markerMoved(dispersa::ScanPoint marker); ///< in any of the views; the others have it already

  private:
    std::vector<QPointer<ImageView>> m_views;
};

} // namespace dispersa
