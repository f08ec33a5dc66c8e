// SPDX-License-Identifier: GPL-3.0-or-later
// A row of widgets above or below a scrolled grid, each over its column, that stays in sight while the grid scrolls.
#pragma once

#include <QWidget>

#include <map>

class QGridLayout;
class QScrollArea;

namespace dispersa {

class ColumnStrip : public QWidget {
    Q_OBJECT
  public:
    /// Follows `area` sideways.
    ColumnStrip(QScrollArea& area, QWidget* parent);
    /// Removes all widgets. `grid` lays out the content of the area; its first row says where the columns are.
    void reset(QGridLayout* grid);
    /// Takes `widget` over; it gets the width of its column.
    void add(int column, QWidget* widget);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    void place();

    QScrollArea& m_area;
    QGridLayout* m_grid = nullptr;
    std::map<int, QWidget*> m_widgets; ///< by column
};

} // namespace dispersa
