// SPDX-License-Identifier: GPL-3.0-or-later
// Two images of one grid laid over each other in complementary colours; the upper one is moved by mouse and arrow keys.
#pragma once

// First: moc 6.4 cannot read <compare> unless another standard header came before it.
#include <QWidget>

#include "core/data/element_map.h"
#include "widgets/image_view.h"

#include <QTimer>

namespace dispersa {

/// Colours: lower magenta, upper green, grey to white where both agree. Flicker: one after the other, twice a second.
enum class OverlayMode { Colors, Lower, Upper, Flicker };

class OverlayView : public ImageView {
    Q_OBJECT
  public:
    explicit OverlayView(QWidget* parent = nullptr);
    ~OverlayView() override;

    /// Both of one shape. The lower one is stretched between its 1 % and 99 % quantiles, the upper one gets its
    /// histogram. Null clears the view.
    void setLayers(MapPtr lower, MapPtr upper);
    void setMode(OverlayMode mode);
    OverlayMode mode() const { return m_mode; }
    /// Shows the upper image as a negative: bright field over dark field.
    void setUpperInverted(bool inverted);
    /// What is shown, one pixel per image pixel.
    QImage overlay() const { return m_overlay; }

  Q_SIGNALS:
    /// The user moves the upper image by this many of its displayed pixels since the last signal.
    void nudged(double dy, double dx);
    void dragFinished();

  protected:
    void paintDecoration(QPainter& painter) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

  private:
    void compose();

    MapPtr m_lower;
    MapPtr m_upper;
    OverlayMode m_mode = OverlayMode::Colors;
    bool m_inverted = false;
    bool m_upperTurn = false;
    bool m_space = false;
    std::optional<ImagePoint> m_dragged; ///< where the drag has come to
    QImage m_overlay;
    QTimer m_flicker;
};

} // namespace dispersa
