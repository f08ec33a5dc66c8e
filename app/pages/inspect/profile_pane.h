// SPDX-License-Identifier: GPL-3.0-or-later
// Radial profiles of the region and of the rest of the crop, with the positions of their peaks.
#pragma once

#include "app/tasks/message_log.h"

#include <QWidget>

#include <optional>

class QLabel;

namespace dispersa {

class ProfilePlot;
class RegionPatterns;

class ProfilePane : public QWidget {
    Q_OBJECT
  public:
    ProfilePane(RegionPatterns& patterns, MessageLog& messages, QWidget* parent);
    void setQPixel(std::optional<double> qPixel_invA, bool asQ);
    void setRegion(const QString& name, const QColor& color);

  private:
    void refresh();
    void exportProfiles();

    RegionPatterns& m_patterns;
    MessageLog& m_messages;
    ProfilePlot* m_plot;
    QLabel* m_peaks;
    std::optional<double> m_qPixel_invA;
    bool m_asQ = false;
    QString m_name;
    QColor m_color;
};

} // namespace dispersa
