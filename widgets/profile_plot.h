// SPDX-License-Identifier: GPL-3.0-or-later
// Radial profiles of patterns against q, with marked peaks.
#pragma once

#include "widgets/plot_view.h"

namespace dispersa {

struct RadialCurve {
    QString name = {};
    std::vector<double> intensity = {}; ///< element r: radius r px
    std::vector<int> peaks = {};        ///< radii in px, marked with their d or q
    QColor color = {};                  ///< invalid: next of the palette
};

class ProfilePlot : public PlotView {
    Q_OBJECT
  public:
    explicit ProfilePlot(QWidget* parent = nullptr);

    void setCurves(std::vector<RadialCurve> curves);
    /// Pixel size as q = 1/d; nullopt: the axis is in pixels. `asQ`: the axis shows Q = 2 pi/d.
    void setQPixel(std::optional<double> qPixel_invA, bool asQ = false);
    void setLogarithmic(bool on);
    bool isLogarithmic() const { return m_logarithmic; }
    void setIntensityLabel(const QString& label);

    QString axisLabel() const;
    LinePanel panel() const;
    Figure toFigure() const override;

  Q_SIGNALS:
    void logarithmicChanged(bool on); ///< by the context menu

  protected:
    void rebuild() override;
    bool isEmpty() const override;
    QString hoverText(const QPointF& position) const override;
    void addMenuActions(QMenu& menu) override;

  private:
    double step() const;
    std::vector<RadialCurve> m_curves;
    std::optional<double> m_qPixel_invA;
    bool m_asQ = false;
    bool m_logarithmic = true;
    QString m_intensityLabel;
};

} // namespace dispersa
