// SPDX-License-Identifier: GPL-3.0-or-later
// Loss and validation loss against the epoch, live while training, with earlier runs laid over.
#pragma once

#include "core/data/training_history.h"
#include "widgets/plot_view.h"

#include <vector>

namespace dispersa {

struct NamedHistory {
    QString name = {};
    std::vector<EpochRecord> epochs = {};
};

class LossPlot : public PlotView {
    Q_OBJECT
  public:
    explicit LossPlot(QWidget* parent = nullptr);

    void setHistory(std::vector<EpochRecord> epochs);
    void appendEpoch(const EpochRecord& epoch);
    const std::vector<EpochRecord>& history() const { return m_history; }
    /// Earlier runs, thin lines of their own colours.
    void setOverlays(std::vector<NamedHistory> overlays);
    /// 1-based epoch of the kept weights; 0: none marked.
    void setBestEpoch(int epoch);
    int bestEpoch() const { return m_bestEpoch; }
    void setLogarithmic(bool on);
    bool isLogarithmic() const { return m_logarithmic; }
    /// Axis label; default "Loss (MAE)".
    void setLossLabel(const QString& label);
    /// Name of the second curve; default "Validation".
    void setValidationName(const QString& name);
    /// Label of the other axis; default "Epoch".
    void setStepLabel(const QString& label);

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
    QString validationName() const;

    std::vector<EpochRecord> m_history;
    std::vector<NamedHistory> m_overlays;
    int m_bestEpoch = 0;
    bool m_logarithmic = false;
    QString m_lossLabel;
    QString m_stepLabel;
    QString m_validationName;
};

} // namespace dispersa
