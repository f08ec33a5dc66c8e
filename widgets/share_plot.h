// SPDX-License-Identifier: GPL-3.0-or-later
// Scores against the share of the data they were reached with, one curve per quantity, with error bars; a share is chosen by
// mouse or arrow keys.
#pragma once

#include "widgets/plot_view.h"

#include <optional>
#include <vector>

namespace dispersa {

struct SharePoint {
    double share = 1; ///< 0..1
    double mean = 0;
    double sd = 0;    ///< 0: unknown
};

struct ShareCurve {
    QString name = {};
    std::vector<SharePoint> points = {}; ///< by rising share
};

/// The curves as a picture without a widget, e.g. for a report; labels as in setLabels().
LinePanel sharePanel(const std::vector<ShareCurve>& curves, const QString& shareLabel, const QString& scoreLabel);

class SharePlot : public PlotView {
    Q_OBJECT
  public:
    explicit SharePlot(QWidget* parent = nullptr);

    /// Keeps the chosen share while there is a point at it.
    void setCurves(std::vector<ShareCurve> curves);
    const std::vector<ShareCurve>& curves() const { return m_curves; }
    /// With units, e.g. "Share of EDS area (%)" (shares are drawn in percent), "Pearson r".
    void setLabels(const QString& share, const QString& score);
    /// A share marked with a word, e.g. what is enough.
    void setMarked(std::optional<double> share, const QString& word);

    /// Shares with a point on any curve, rising.
    std::vector<double> shares() const;
    /// By click, arrow keys, Home or End.
    std::optional<double> chosenShare() const { return m_chosen; }
    void setChosenShare(std::optional<double> share);
    /// The share under the cursor, else the chosen one.
    std::optional<double> shownShare() const { return m_hovered ? m_hovered : m_chosen; }

    LinePanel panel() const;
    Figure toFigure() const override;

  Q_SIGNALS:
    void shownShareChanged();

  protected:
    void rebuild() override;
    bool isEmpty() const override;
    QString hoverText(const QPointF& position) const override;
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* object, QEvent* event) override;

  private:
    std::optional<double> nearestShare(const QPointF& position) const;
    void setShown(std::optional<double> hovered, std::optional<double> chosen);

    std::vector<ShareCurve> m_curves;
    QString m_shareLabel;
    QString m_scoreLabel;
    std::optional<double> m_marked;
    QString m_markedWord;
    std::optional<double> m_chosen;
    std::optional<double> m_hovered;
};

} // namespace dispersa
