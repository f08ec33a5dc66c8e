// SPDX-License-Identifier: GPL-3.0-or-later
// Base of the plots on QCustomPlot: clean axes in the palette's colours, hover tooltips, the context menu, export.
#pragma once

#include "widgets/figure.h"

#include <QWidget>

class QCPLayoutGrid;
class QCPTextElement;
class QCustomPlot;
class QLabel;
class QMenu;
class QStackedLayout;

namespace dispersa {

class PlotView : public QWidget {
    Q_OBJECT
  public:
    explicit PlotView(QWidget* parent = nullptr);
    ~PlotView() override;

    void setTitle(const QString& title);
    QString title() const { return m_title; }
    /// What an empty plot says.
    void setPlaceholder(const QString& text);

    /// The plot as a figure for export, independent of the screen's colours.
    virtual Figure toFigure() const = 0;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void dataExportRequested(); ///< "Save data..." of the context menu

  protected:
    /// The plot inside; for subclasses' .cpp files, which include widgets/qcustomplot_header.h.
    QCustomPlot* plot() const { return m_plot; }
    /// Builds all plottables anew from the values, in the palette's colours. Called when values or palette change.
    virtual void rebuild() = 0;
    virtual bool isEmpty() const = 0;
    /// Text for the tooltip at a place of the plot (plot widget pixels); empty: none.
    virtual QString hoverText(const QPointF& position) const;
    /// Entries before Copy, e.g. "Logarithmic".
    virtual void addMenuActions(QMenu&) {}
    /// rebuild() soon, once, however often it is called; on the next event loop pass or paint.
    void scheduleRebuild();

    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool eventFilter(QObject* object, QEvent* event) override;

  private:
    void rebuildNow();
    void applyStyle();
    QCustomPlot* m_plot = nullptr;
    QString m_title;
    QCPTextElement* m_titleElement = nullptr;
    QCPLayoutGrid* m_legendRow = nullptr;
    QLabel* m_emptyText = nullptr;
    QStackedLayout* m_stack = nullptr;
    bool m_pending = false;
};

} // namespace dispersa
