// SPDX-License-Identifier: GPL-3.0-or-later
// Step 2: what is done to patterns and maps before the network sees them, each step with its preview.
#pragma once

#include "app/pages/page.h"
#include "app/pages/prepare/prepare_steps.h"

#include <vector>

class QComboBox;
class QLabel;
class QStackedWidget;

namespace dispersa {

class AlignmentDraft;
class CalibrationCard;
class CropCard;
class EllipseCard;
class MapPreviewPane;
class PatternPreviewPane;
class StepCard;

class PreparePage : public Page {
    Q_OBJECT
  public:
    PreparePage(PageContext context, QWidget* parent);
    StepStatus status() const override;
    /// Shows the preview of that step.
    void choose(PrepareStep step);

  protected:
    /// Whoever comes here because sizes differ finds the step that mends it.
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

  private:
    QWidget* makeSteps();
    QWidget* makePreviews();
    QWidget* makeHint();
    void connectRings();
    void refresh();
    void refreshScans();
    void showPreview();

    PrepareStep m_step = PrepareStep::Crop;
    int m_gesture = 1000; ///< merges the edits of one drag; apart from those typed in the card
    QStackedWidget* m_stack;
    std::vector<StepCard*> m_cards;
    AlignmentDraft* m_alignment; ///< before the cards and previews, which work on it
    CropCard* m_crop = nullptr;
    EllipseCard* m_ellipse = nullptr;
    CalibrationCard* m_calibration = nullptr;
    QComboBox* m_scans = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_explanation = nullptr;
    QStackedWidget* m_previews = nullptr;
    PatternPreviewPane* m_patterns = nullptr;
    MapPreviewPane* m_maps = nullptr;
};

} // namespace dispersa
