// SPDX-License-Identifier: GPL-3.0-or-later
// Grouped bars of scores: categories are targets, groups are scans; a missing value is a dash, never zero.
#pragma once

#include "widgets/plot_view.h"

namespace dispersa {

class ScoreBars : public PlotView {
    Q_OBJECT
  public:
    explicit ScoreBars(QWidget* parent = nullptr);

    /// Each group has one value per category. `valueLabel` e.g. "Pearson r" or "MAE (fraction)".
    void setScores(QStringList categories, std::vector<BarGroup> groups, const QString& valueLabel);
    /// All of a panel but its title: marks, intervals and range too.
    void setPanel(const BarPanel& panel);
    /// Fixed value axis, e.g. {-1, 1}; nullopt: by the values, zero included.
    void setValueRange(std::optional<ValueRange> range);

    /// False where another plot beside it explains the same colours; exported figures keep their legend.
    void setLegendVisible(bool visible);

    BarPanel panel() const;
    Figure toFigure() const override;

  protected:
    void rebuild() override;
    bool isEmpty() const override;
    QString hoverText(const QPointF& position) const override;

  private:
    void addWhiskers(const BarGroup& group, double firstKey);
    void addMarks(const BarGroup& group, double firstKey, double share);
    void addLegend();

    QStringList m_categories;
    std::vector<BarGroup> m_groups;
    QString m_valueLabel;
    QString m_intervalName;
    bool m_legendVisible = true;
    std::optional<ValueRange> m_range;
};

} // namespace dispersa
