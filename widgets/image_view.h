// SPDX-License-Identifier: GPL-3.0-or-later
// A 2-D float image to look at and to draw on: zoom, pan, probe marker, shapes, scale bar, colour bar. Base of MapView
// and PatternView. Row 0 is on top; pixels stay sharp squares (or rectangles, if their physical sizes differ).
#pragma once

// First: moc 6.4 cannot read <compare> unless another standard header came before it.
#include <QWidget>

#include "core/data/shape.h"
#include "widgets/color_map.h"
#include "widgets/figure.h"

#include <QColor>

#include <memory>
#include <optional>
#include <vector>

namespace dispersa {

/// A shape lying on the image. Coordinates are those of core/data/shape.h: pixel (y, x) has its centre at (y, x).
struct OverlayShape {
    Shape shape = {};
    QColor color = {};
    QString name = {};    ///< written beside the shape; may be empty
    bool editable = true; ///< can be moved and resized with the mouse
};

/// What part of the image is visible; shared by linked views.
struct ViewWindow {
    ImagePoint centre = {}; ///< image point in the middle of the view
    double zoom = 1;        ///< 1 = whole image fits
};

class ImageView : public QWidget {
    Q_OBJECT
  public:
    explicit ImageView(QWidget* parent = nullptr);
    ~ImageView() override;

    /// height x width values, row-major; NaN is no data. The zoom stays if the size stays. nullptr clears the view.
    void setImage(std::shared_ptr<const std::vector<float>> values, int height, int width);
    void clearImage();
    bool hasImage() const;
    int imageHeight() const;
    int imageWidth() const;
    std::shared_ptr<const std::vector<float>> imageValues() const;

    /// Pixels to strike through, e.g. those a prediction is doubtful in; of the image's size. Null: none.
    void setHatched(PixelMask mask);
    const PixelMask& hatched() const;

    /// Bold line above the image; placeholder: what an empty view says (what to do to see something).
    void setTitle(const QString& title);
    QString title() const;
    void setPlaceholder(const QString& text);

    void setColorMap(ColorMap map);
    void setScaling(DisplayScaling scaling);
    /// Fixed range; nullopt: automatic by percentiles.
    void setRange(std::optional<ValueRange> range);
    void setAutorangePercentiles(double low, double high);
    /// Automatic ranges are made symmetric about zero (differences).
    void setZeroCentred(bool on);
    ColorMap colorMap() const;
    DisplayScaling scaling() const;
    /// The range in use, automatic or fixed.
    ValueRange shownRange() const;
    void setColorBarVisible(bool visible);
    /// Quantity and unit beside the colour bar, e.g. "O (fraction)".
    void setColorBarLabel(const QString& label);

    /// Physical size of a pixel; nullopt: no scale bar. Sets the aspect ratio. `unit` e.g. "nm" or "1/Å".
    void setPixelSize(std::optional<double> size_y, std::optional<double> size_x, const QString& unit);
    void setScaleBarVisible(bool visible);

    /// Probe marker: a cross on a pixel that mouse (press, drag) and arrow keys (Shift x10) move. nullopt hides it.
    void setMarker(std::optional<ScanPoint> marker);
    std::optional<ScanPoint> marker() const;
    void setMarkerMovable(bool movable);
    /// A thin cross shown where another linked view has the cursor.
    void setGhostCursor(std::optional<ScanPoint> point);

    /// Shapes to show, edit and select (index into the list; -1: none).
    void setShapes(std::vector<OverlayShape> shapes);
    const std::vector<OverlayShape>& shapes() const;
    void setSelectedShape(int index);
    int selectedShape() const;
    /// The next mouse drag (clicks for Polygon, closed by double click or Enter) draws a new shape; Escape cancels.
    void startDrawing(ShapeKind kind, const QColor& color);
    void cancelDrawing();
    bool isDrawing() const;

    ViewWindow viewWindow() const;
    void setViewWindow(const ViewWindow& window);
    void fit();
    void zoomBy(double factor, std::optional<ImagePoint> about = {});

    /// Where the image lies in the widget (zoomed), and the part of the widget it may cover; widget pixels.
    QRectF imageRect() const;
    QRectF canvasRect() const;
    QPointF toWidget(ImagePoint point) const;
    ImagePoint toImage(QPointF position) const;

    /// The image with its shapes, scale bar and colour bar as a figure of one panel.
    virtual Figure toFigure() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void cursorMoved(int y, int x, double value);
    void cursorLeft();
    void markerMoved(dispersa::ScanPoint marker);
    /// Left click without drag, not on a shape (any view, also without marker): continuous coordinates.
    void clicked(dispersa::ImagePoint point);
    void shapeChanged(int index, const dispersa::Shape& shape); ///< while dragging
    void shapeEdited(int index, const dispersa::Shape& shape);  ///< on release, or by an arrow key
    void shapeSelected(int index);
    void shapeDrawn(const dispersa::Shape& shape);
    void drawingCancelled();
    void viewWindowChanged(const dispersa::ViewWindow& window); ///< by the user
    void rangeChanged(const dispersa::ValueRange& range);
    void dataExportRequested(); ///< "Save data..." of the context menu

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void keyReleaseEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

    /// Room that a subclass wants for axes around the image, widget pixels.
    virtual QMarginsF axisMargins() const { return {}; }
    /// Draws under (between image and shapes) and into the axis margins.
    virtual void paintDecoration(QPainter& painter);
    /// Last word on an edited shape: snapping, limits. `id` is the index, or cropShapeId.
    virtual Shape constrained(int id, const Shape& edited, const Shape& before) const;
    /// A subclass's own shape (the crop) beside shapes(); nullopt: none.
    virtual std::optional<Shape> ownShape() const { return {}; }
    virtual void ownShapeChanged(const Shape&, bool) {}
    virtual void paintOwnShape(QPainter&) {}
    ImagePanel imagePanel() const;

  private:
    void paintHatch(QPainter& painter, const QRectF& visible);
    struct Private;
    std::unique_ptr<Private> d;
};

inline constexpr int cropShapeId = -2;

} // namespace dispersa
