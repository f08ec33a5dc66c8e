// SPDX-License-Identifier: GPL-3.0-or-later
// Actual against predicted values of one target, with the 1:1 line and points coloured by density.
#pragma once

#include "widgets/plot_view.h"

#include <optional>

namespace dispersa {

class ScatterPlot : public PlotView {
    Q_OBJECT
  public:
    explicit ScatterPlot(QWidget* parent = nullptr);

    /// Equally long; pairs with a value that is not finite are left out. `quantity` e.g. "O", `unit` e.g. "fraction".
    /// `pearson` is written in the title; nullopt: "r undefined".
    void setPairs(std::vector<float> actual, std::vector<float> predicted, const QString& quantity, const QString& unit,
                  std::optional<double> pearson);

    ScatterPanel panel() const;
    Figure toFigure() const override;

  protected:
    void rebuild() override;
    bool isEmpty() const override;
    QString hoverText(const QPointF& position) const override;

  private:
    std::vector<float> m_actual;
    std::vector<float> m_predicted;
    QString m_quantity;
    QString m_unit;
    std::optional<double> m_pearson;
};

} // namespace dispersa
